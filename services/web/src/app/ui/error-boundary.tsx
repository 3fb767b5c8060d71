import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from './states.js';

/** A screen that fails leaves the others alone, and says so instead of vanishing. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const { t } = useTranslation();
  return (
    <Empty
      isPage
      icon="incidents"
      title={t('state.broken')}
      action={
        <Button mt="xs" variant="default" onClick={() => location.reload()}>
          {t('action.reload')}
        </Button>
      }
    >
      {t('state.broken-hint')}
    </Empty>
  );
}
