import { describe, expect, it } from '@jest/globals';
import { CommitTooLarge, EventTooLarge } from '@keyfold/event-sourcing';
import { toProblem } from './problem.js';

describe('what does not fit', () => {
  it('into an event or a commit is 413, and the sentence names the limit', () => {
    expect(toProblem(new EventTooLarge('accounts.key-account.renamed', 950_000, 900_000), 'en')).toMatchObject({
      status: 413,
      code: 'event-too-large',
      title: 'This is too much for one change: it makes 950000 bytes, and 900000 is the limit.',
    });
    expect(toProblem(new CommitTooLarge(16_000_000, 15_000_000), 'fr')).toMatchObject({ status: 413, code: 'commit-too-large', title: expect.stringContaining('15000000') });
  });
});
