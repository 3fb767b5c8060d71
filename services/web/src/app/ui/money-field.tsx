import { Group, NumberInput, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Money } from '../api/rows.js';
import { minorDigits } from '../i18n/format.js';

const CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF'] as const;
const MAX = 1e12;

export interface MoneyDraft {
  readonly amount: number | null;
  readonly currency: string;
}

export const draftOf = (money: Money | null): MoneyDraft =>
  money === null ? { amount: null, currency: 'EUR' } : { amount: money.amountMinor / 10 ** minorDigits(money.currency), currency: money.currency };

export const moneyOf = ({ amount, currency }: MoneyDraft): Money | null => (amount === null ? null : { amountMinor: Math.round(amount * 10 ** minorDigits(currency)), currency });

export function MoneyField({ label, value, onChange, required = false }: { label: string; value: MoneyDraft; onChange: (value: MoneyDraft) => void; required?: boolean }) {
  const { t, i18n } = useTranslation();
  const currencies = [...new Set([value.currency, ...CURRENCIES])];
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <NumberInput
        flex={1}
        label={label}
        required={required}
        value={value.amount ?? ''}
        onChange={(amount) => onChange({ ...value, amount: amount === '' ? null : Number(amount) })}
        min={0}
        max={MAX}
        decimalScale={minorDigits(value.currency)}
        thousandSeparator={i18n.language === 'fr' ? '\u202f' : ','}
        decimalSeparator={i18n.language === 'fr' ? ',' : '.'}
        hideControls
      />
      <Select w={96} aria-label={t('deal.currency')} allowDeselect={false} data={currencies} value={value.currency} onChange={(currency) => onChange({ ...value, currency: currency ?? value.currency })} />
    </Group>
  );
}
