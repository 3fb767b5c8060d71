import { describe, expect, it } from '@jest/globals';
import { diagnose, type Examined, type Lag, type Status } from './doctor.js';

const examined = (status: Partial<Status> = {}, lag: Partial<Lag> = {}, clockMs = 12): Examined => ({
  status: { service: 'accounts', version: '1.2.0', now: '2026-01-01T00:00:00.000Z', position: 7, leading: true, projections: [{ name: 'key-accounts', built: true }], measured: {}, ...status },
  lag: [{ projection: 'key-accounts', events: 0, exact: true, oldestSeconds: null, deadLetters: 0, ...lag }],
  clockMs,
});

describe('the doctor', () => {
  it('finds nothing in a healthy Keyfold, nor in one that is just busy', () => {
    const measured = { relay_backlog_commits: [{ labels: {}, value: 40 }], topic_misconfigured: [{ labels: { topic: 'a' }, value: 0 }], consumer_running: [{ labels: { group: 'g' }, value: 1 }] };
    expect(diagnose([examined({ measured }, { events: 900, oldestSeconds: 3 }), examined({ service: 'reporting' })])).toEqual([]);
  });

  it.each<[string, Examined[], RegExp]>([
    ['mixed versions', [examined(), examined({ service: 'reporting', version: '1.3.0' })], /different versions \(accounts 1\.2\.0, reporting 1\.3\.0\): finish the upgrade/],
    ['a clock that is wrong', [examined({}, {}, -4_200)], /clock of accounts is 4\.2 s behind/],
    ['a log that nobody leads', [examined({ leading: false })], /No process of accounts that answered leads its log/],
    ['a backlog of the relay', [examined({ measured: { relay_backlog_commits: [{ labels: {}, value: 9_000 }] } })], /accounts has 9000 commits that are not published: see whether Kafka runs/],
    ['a topic that is set up wrongly', [examined({ measured: { topic_misconfigured: [{ labels: { topic: 'accounts.events.v1' }, value: 1 }] } })], /topic of accounts is missing or set up wrongly \(accounts\.events\.v1\)/],
    ['a service that does not consume', [examined({ measured: { consumer_running: [{ labels: { group: 'keyfold.accounts' }, value: 0 }] } })], /accounts does not consume \(group keyfold\.accounts\)/],
    ['a read model that is not built', [examined({ projections: [{ name: 'key-accounts', built: false }] })], /still building key-accounts/],
    ['a read model that is behind', [examined({}, { events: 70, exact: false, oldestSeconds: 130 })], /accounts key-accounts is up to 70 events behind, the oldest for 130 s/],
    ['dead letters', [examined({}, { deadLetters: 2 })], /accounts key-accounts has 2 dead letters: look at them with "keyfold dead-letters list accounts --projection key-accounts"/],
  ])('tells %s and what to do', (_name, services, sentence) => {
    const problems = diagnose(services);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
  });
});
