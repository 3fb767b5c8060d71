import { describe, expect, it } from '@jest/globals';
import { checkNotices } from '../check/notices.mjs';
import { checkProcesses, checkRequests } from '../check/requests.mjs';
import { found, SERVICE } from './made-up-log.mjs';

describe('the check of the notices', () => {
  const wanted = [{ service: SERVICE, action: 'relay-rewound' }];
  const entry = (action) => ({ at: '2026-01-01T00:00:00.000Z', actor: 'relay', action, subject: 'topic', details: {} });
  const inNotices = (service, ...entries) =>
    found((violations) => checkNotices(wanted, new Map([[service, entries]]), violations)).violations;

  it('finds what was mended in silence', () => {
    const silence = [['I9', 'opportunities: no relay-rewound in the audit log']];
    expect(inNotices(SERVICE, entry('gap-repaired'), entry('relay-rewound'))).toEqual([]);
    expect(inNotices(SERVICE, entry('gap-repaired'))).toEqual(silence);
    expect(inNotices('reporting', entry('relay-rewound'))).toEqual(silence);
    expect(inNotices(SERVICE)).toEqual(silence);
  });
});

describe('the check of requests and processes', () => {
  const request = (more) => ({ service: SERVICE, status: 200, error: null, ms: 5, ...more });
  const inRequests = (requests, frozen = false) => found((violations) => checkRequests(requests, { frozen }, violations)).violations;

  it('finds a hang and a 500, and nothing in refusals, outages and broken connections', () => {
    expect(
      inRequests([request(), request({ status: 422 }), request({ status: 503 }), request({ status: null, error: 'ECONNRESET' })]),
    ).toEqual([]);
    expect(inRequests([request({ status: 500 })])).toEqual([['I7', 'opportunities: 500 after 5 ms']]);
    expect(inRequests([request({ status: null, error: 'HANG' })])).toEqual([['I7', 'opportunities: no answer within 30 s']]);
    expect(inRequests([request({ status: null, error: 'HANG' })], true)).toEqual([]);
  });

  it('finds an error that nobody handled, a failed request in the log, and memory beyond the limit', () => {
    const inProcesses = (output, memory) =>
      found((violations) => checkProcesses({ output, memory, limitMegabytes: 500 }, violations)).violations;
    expect(inProcesses({ reporting: 'all is well\n' }, { reporting: 400 })).toEqual([]);
    expect(inProcesses({ reporting: 'x\n[UnhandledPromiseRejection: Unhandled rejection of y]\n' }, {})[0][0]).toBe('I11');
    expect(inProcesses({ reporting: '{"level":"error","message":"request failed"}\n' }, {})[0][0]).toBe('I7');
    expect(inProcesses({}, { reporting: 600 })).toEqual([['I11', 'reporting: 600 MB resident, the limit is 500 MB']]);
  });
});
