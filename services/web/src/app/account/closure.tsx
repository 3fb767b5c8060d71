import { useTranslation } from 'react-i18next';
import type { KeyAccount } from '../api/rows.js';
import { WithReason, type WithReasonProps } from './with-reason.js';

type Props = Pick<WithReasonProps, 'account' | 'onClose'>;

/** The first step to the end of a client: it sleeps, and may be closed then. */
export const MakeDormant = (props: Props) => <WithReason {...props} command="make-dormant" texts="dormancy" hint="dormancy.hint" />;

/** Asks to close the account. The answer comes later: every service is asked whether something is still open. */
export const RequestClosure = (props: Props) => <WithReason {...props} command="request-closure" texts="closure" hint="closure.hint" />;

/** How the last request to close the account went. */
export function ClosureState({ account: { closure } }: { account: KeyAccount }) {
  const { t } = useTranslation();
  if (!closure) return null;
  return (
    <div className={`banner banner-${closure.state}`} role="status">
      <strong>{t(`closure.state.${closure.state}`)}</strong>
      {closure.state === 'requested' && <p>{t('closure.asking')}</p>}
      {closure.state === 'refused' && (
        <ul className="plain">
          {closure.blockers.map(({ service, code, open }) => (
            <li key={service}>{t(`closure.blocker.${code}`, { service: t(`service.${service}`), count: open })}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
