import { ActionIcon, SegmentedControl, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { choose, type Language, LANGUAGES } from '../i18n/i18n.js';
import { Icon } from '../ui/icons.js';

/** Language and light or dark. */
export function Preferences() {
  const { t, i18n } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  return (
    <div className="preferences">
      <SegmentedControl
        size="xs"
        aria-label={t('app.language')}
        data={LANGUAGES.map((language) => ({ value: language, label: language.toUpperCase() }))}
        value={i18n.language}
        onChange={(language) => void choose(language as Language)}
      />
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t(isDark ? 'app.light' : 'app.dark')} onClick={() => setColorScheme(isDark ? 'light' : 'dark')}>
        <Icon name={isDark ? 'sun' : 'moon'} />
      </ActionIcon>
    </div>
  );
}
