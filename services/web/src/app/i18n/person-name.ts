import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

/** The name of somebody: null for nobody, and a word in its place for a person whose data was erased. */
export function usePersonName(): (id: string | null, name: string | null) => string | null {
  const { t } = useTranslation();
  return useCallback((id, name) => name ?? (id === null ? null : t('person.erased')), [t]);
}
