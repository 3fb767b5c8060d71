import { VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { NO_DATA } from '../i18n/format.js';

/** A formatted figure or name; no data is an em dash that a screen reader says in words. */
export function Value({ children }: { children: string | null | undefined }) {
  const { t } = useTranslation();
  if (children !== NO_DATA && children) return children;
  return (
    <span className="no-data">
      <span aria-hidden>{NO_DATA}</span>
      <VisuallyHidden>{t('app.no-data')}</VisuallyHidden>
    </span>
  );
}
