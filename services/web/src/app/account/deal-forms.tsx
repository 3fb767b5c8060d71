import { Select, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LOSS_REASONS, type LossReason, type Opportunity, type Stage, STAGES } from '../api/rows.js';
import { CommandForm } from '../ui/command-form.js';
import { DateField, today } from '../ui/date-field.js';
import { draftOf, MoneyField, moneyOf } from '../ui/money-field.js';

interface DealFormProps {
  deal: Opportunity;
  onClose: () => void;
}

const pathOf = (deal: Opportunity, command: string): string => `/api/opportunities/opportunities/${deal.id}/${command}`;

/** To another stage, with what has become known of the deal since. */
export function AdvanceDeal({ deal, onClose }: DealFormProps) {
  const { t } = useTranslation();
  const [to, setTo] = useState<Stage>(STAGES[Math.min(STAGES.indexOf(deal.stage) + 1, STAGES.length - 1)] ?? deal.stage);
  const [amount, setAmount] = useState(draftOf(deal.amount));
  const [expectedCloseOn, setExpected] = useState(deal.expectedCloseOn);
  const [reason, setReason] = useState('');
  const isBackward = STAGES.indexOf(to) < STAGES.indexOf(deal.stage);
  const action = () => {
    const money = moneyOf(amount);
    const body = { to, ...(money && { amount: money }), ...(expectedCloseOn && { expectedCloseOn }), ...(reason.trim() && { reason: reason.trim() }) };
    return { path: pathOf(deal, 'advance'), body, version: deal.version };
  };
  return (
    <CommandForm title={t('deal.advance-of', { name: deal.name })} submit={t('deal.advance')} done={t('deal.advanced')} action={action} onClose={onClose}>
      <Select data-autofocus label={t('deal.to-stage')} allowDeselect={false} data={STAGES.map((stage) => ({ value: stage, label: t(`stage.${stage}`), disabled: stage === deal.stage }))} value={to} onChange={(stage) => setTo((stage as Stage | null) ?? to)} />
      <MoneyField label={t('deal.amount')} value={amount} onChange={setAmount} />
      <DateField label={t('deal.expected')} value={expectedCloseOn} onChange={setExpected} />
      <TextInput label={t('form.reason')} description={t('deal.backward-hint')} required={isBackward} maxLength={500} value={reason} onChange={({ currentTarget }) => setReason(currentTarget.value)} />
    </CommandForm>
  );
}

export function WinDeal({ deal, onClose }: DealFormProps) {
  const { t } = useTranslation();
  const [amount, setAmount] = useState(draftOf(deal.amount));
  const [closedOn, setClosedOn] = useState<string | null>(today());
  const action = () => {
    const money = moneyOf(amount);
    return money && { path: pathOf(deal, 'win'), body: { amount: money, ...(closedOn && closedOn !== today() && { closedOn }) }, version: deal.version };
  };
  return (
    <CommandForm title={t('deal.win-of', { name: deal.name })} submit={t('deal.win')} done={t('deal.was-won')} action={action} onClose={onClose}>
      <MoneyField required label={t('deal.amount')} value={amount} onChange={setAmount} />
      <DateField label={t('deal.closed-on')} value={closedOn} onChange={setClosedOn} maxDate={today()} />
    </CommandForm>
  );
}

export function LoseDeal({ deal, onClose }: DealFormProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<LossReason | null>(null);
  const [competitor, setCompetitor] = useState('');
  const [note, setNote] = useState('');
  const action = () => {
    const body = { reason, ...(competitor.trim() && { competitor: competitor.trim() }), ...(note.trim() && { note: note.trim() }) };
    return reason && { path: pathOf(deal, 'lose'), body, version: deal.version };
  };
  return (
    <CommandForm danger title={t('deal.lose-of', { name: deal.name })} submit={t('deal.lose')} done={t('deal.was-lost')} action={action} onClose={onClose}>
      <Select data-autofocus required label={t('form.reason')} placeholder={t('deal.pick-reason')} data={LOSS_REASONS.map((value) => ({ value, label: t(`loss.${value}`) }))} value={reason} onChange={(value) => setReason(value as LossReason | null)} />
      <TextInput label={t('deal.competitor')} description={t('deal.competitor-hint')} maxLength={200} value={competitor} onChange={({ currentTarget }) => setCompetitor(currentTarget.value)} />
      <Textarea autosize minRows={2} label={t('deal.note')} maxLength={2_000} value={note} onChange={({ currentTarget }) => setNote(currentTarget.value)} />
    </CommandForm>
  );
}
