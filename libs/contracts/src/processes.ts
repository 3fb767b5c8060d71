import { processContract } from '@keyfold/event-sourcing';

/** The process that decides whether an account may close; one instance per closure request, in accounts. */
export const accountClosureContract = processContract('accounts', 'account-closure', 'closure');
/** The part of it that each asked service plays: raise the barrier, wait out the command deadline, answer. */
export const opportunityClosureCheckContract = processContract('opportunities', 'closure-check', 'dealcheck');
export const satisfactionClosureCheckContract = processContract('satisfaction', 'closure-check', 'incidentcheck');
/** Watches the due days of an account's engagement plan; one instance per account. */
export const missedCadenceContract = processContract('accounts', 'missed-cadence', 'cadence');
/** Says that objectives were missed once their due date went by; one instance per plan. */
export const missedObjectivesContract = processContract('accounts', 'missed-objectives', 'objectives');
/** Says when a granted role has run out; one instance per grant. */
export const accessExpiryContract = processContract('accounts', 'access-expiry', 'accessexpiry');
/** Has the workload of a key account manager measured every month; one instance per member. */
export const workloadReviewContract = processContract('accounts', 'workload-review', 'workloadreview');
/** Hands the accounts of a portfolio over one by one; one instance per handover, in accounts. */
export const portfolioHandoverContract = processContract('accounts', 'portfolio-handover', 'portfoliohandover');
/** Waits for the day on which a tier is to be looked at again; one instance per account, in accounts. */
export const tierReviewContract = processContract('accounts', 'tier-review', 'tierreview');
/** Watches the due day of a CSR commitment; one instance per commitment. */
export const missedCommitmentContract = processContract('accounts', 'missed-commitment', 'commitment');
/** Looks once a month for people of an account whose data are kept too long; one instance per account, in accounts. */
export const retentionContract = processContract('accounts', 'retention', 'retention');
