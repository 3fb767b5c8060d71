import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AuditEntry, AuditLog } from '../ports.js';

export interface AuditLogUnderTest {
  readonly log: AuditLog;
  /** The same entries as another process finds them. */
  reopen(): Promise<AuditLog>;
  close(): Promise<void>;
}

const entry = (second: number, subject: string): AuditEntry => ({
  at: `2026-01-01T00:00:0${second}.000Z`,
  actor: 'an-operator',
  action: 'dead-letter-discarded',
  subject,
  details: { reason: 'because', version: 3, partial: false, before: null },
});

/** What every audit log promises: nothing that was written is lost, and all of it can be read, page by page. */
export function auditLogContract(name: string, make: () => Promise<AuditLogUnderTest>): void {
  describe(`audit log: ${name}`, () => {
    let tested: AuditLogUnderTest;
    beforeEach(async () => {
      tested = await make();
    });
    afterEach(() => tested.close());

    it('gives back what was written, the newest first, to another process too', async () => {
      for (const second of [2, 1, 3]) await tested.log.write(entry(second, `stream-${second}`));
      const { log } = tested;
      for (const reader of [log, await tested.reopen()]) {
        const read = await reader.read({ limit: 10 });
        expect(read.map(({ id: _id, ...kept }) => kept)).toEqual([3, 2, 1].map((second) => entry(second, `stream-${second}`)));
      }
      expect((await log.read({ limit: 10, before: '2026-01-01T00:00:02.000Z' })).map(({ subject }) => subject)).toEqual(['stream-1']);
    });

    it('drops what is older than a time, the oldest first and no more at once than it may', async () => {
      for (const second of [3, 1, 2, 4]) await tested.log.write(entry(second, `stream-${second}`));
      const before = '2026-01-01T00:00:04.000Z';
      const left = async () => (await tested.log.read({ limit: 10 })).map(({ subject }) => subject);
      expect([await tested.log.dropBefore(before, 2), await left()]).toEqual([2, ['stream-4', 'stream-3']]);
      expect([await tested.log.dropBefore(before, 2), await left()]).toEqual([1, ['stream-4']]);
      expect(await tested.log.dropBefore(before, 2)).toBe(0);
    });

    it('is read to the end in pages, also where many entries are of one instant', async () => {
      for (let i = 0; i < 7; i++) await tested.log.write(entry(1, `stream-${i}`));
      const seen: string[] = [];
      for (let before: string | undefined; ; ) {
        const page = await tested.log.read({ limit: 2, before });
        expect(page.length).toBeLessThanOrEqual(2);
        if (page.length === 0) break;
        seen.push(...page.map(({ subject }) => subject));
        before = page.at(-1)!.id;
      }
      expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => `stream-${i}`));
    });
  });
}
