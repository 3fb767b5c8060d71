// Mistakes that event-sourced systems have really been shipped with, each as a small edit of the source. The suite must notice every one.
// `from` stands exactly once in its file; `caughtBy` are specs of the suite, the cheapest first: one that fails has caught the bug.

const unit = (spec) => ({ config: 'jest.config.mjs', spec });
/** `test`: the one that must notice, where the others would each wait for their deadline. */
const integration = (spec, test) => ({ config: 'jest.int.config.mjs', spec, test });

const SIMULATOR = unit('libs/testing/src/simulation/first-thousand-seeds.spec.ts');
const CORE = 'libs/event-sourcing/core/src';
const MONGO = 'libs/event-sourcing/mongo';
const KAFKA = 'libs/event-sourcing/kafka';
const CORE_SPECS = 'libs/event-sourcing/embedded/src/core';

export const bugs = [
  {
    name: 'offset-before-write',
    breaks: 'G7: the offset is committed before the batch is dealt with, so a crash skips it',
    edits: [
      {
        file: `${KAFKA}/src/partition-worker.ts`,
        from: '      const batch = {',
        to: "      this.commits.add({ topic, partition, offset: (BigInt(messages.at(-1)!.offset) + 1n).toString(), metadata: '' }, commit);\n      const batch = {",
      },
    ],
    caughtBy: [unit(`${KAFKA}/src/partition-worker.spec.ts`)],
  },
  {
    name: 'resolve-before-write',
    breaks: 'G7: a slice counts as dealt with when it was taken in, so a refused one does not come again',
    edits: [
      {
        file: `${KAFKA}/src/partition-worker.ts`,
        from: '      if (!isDone) {\n        await this.backOff(lane);\n        continue;\n      }\n',
        to: '      void isDone;\n',
      },
    ],
    caughtBy: [unit(`${KAFKA}/src/partition-worker.spec.ts`)],
  },
  {
    name: 'guard-missing',
    breaks: 'G6: what was applied is applied again when it is delivered again',
    edits: [{ file: `${CORE}/batch-fold.ts`, from: 'if (incoming.version <= mark.accepted) continue;', to: '' }],
    caughtBy: [unit(`${CORE_SPECS}/projector.spec.ts`)],
  },
  {
    name: 'from-beginning-false',
    breaks: 'G6: after an offset out of range the consumer goes on at the end of the topic',
    edits: [{ file: `${KAFKA}/src/group-member.ts`, from: 'fromBeginning: true', to: 'fromBeginning: false' }],
    caughtBy: [integration(`${KAFKA}/test/kafka-transport.int-spec.ts`, 'starts at the beginning again')],
  },
  {
    name: 'lease-by-local-clock',
    breaks: 'G4: a machine whose clock is wrong takes the lease from the leader',
    edits: [
      {
        file: `${MONGO}/src/leases.ts`,
        from: "const expired = { _id: service, $expr: { $lte: ['$expiresAt', '$$NOW'] } };",
        to: 'const expired = { _id: service, expiresAt: { $lte: this.clock.now() } };',
      },
    ],
    caughtBy: [integration(`${MONGO}/test/leadership.int-spec.ts`)],
  },
  {
    name: 'dead-letter-lets-later-events-pass',
    breaks: 'G6: events behind a dead letter of their stream are applied before it',
    edits: [{ file: `${CORE}/batch-fold.ts`, from: 'isParked(mark) ? QUEUED : ', to: '' }],
    caughtBy: [unit(`${CORE_SPECS}/projector.spec.ts`)],
  },
  {
    name: 'watermark-by-maximum-position',
    breaks: 'G6: one watermark for all streams drops the events of the slower ones',
    edits: [
      {
        file: `${CORE}/subscription.ts`,
        from: '    const accepted = (marks.get(event.streamId) ?? NO_MARKS).accepted;\n    if (event.version',
        to: '    const accepted = Math.max(0, ...[...marks.values()].map((mark) => mark.accepted));\n    if (event.version',
      },
    ],
    caughtBy: [unit(`${CORE_SPECS}/projector.spec.ts`)],
  },
  {
    name: 'two-sends-in-flight',
    breaks: 'G5: an idempotent kafkajs producer acknowledges what was never written',
    edits: [
      {
        file: `${CORE}/relay.ts`,
        from: 'await this.transport.publish(this.topic, messages);',
        to: '(await Promise.all([messages.slice(1), messages.slice(0, 1)].map((part) => this.transport.publish(this.topic, part)))).flat();',
      },
    ],
    caughtBy: [unit(`${CORE_SPECS}/relay.spec.ts`)],
  },
  {
    name: 'no-read-back-of-the-topic',
    breaks: 'G5: a topic that has lost what was written to it stays as it is',
    edits: [
      {
        file: `${CORE}/relay.ts`,
        from: 'await resume(saved, (places) => this.transport.readBack(this.topic, places));',
        to: 'await resume({ ...saved, partitions: new Map() }, async () => new Map());',
      },
    ],
    caughtBy: [unit(`${CORE_SPECS}/relay.spec.ts`)],
  },
  {
    name: 'no-read-back-of-an-append',
    breaks: 'G2, G3: an append whose answer was lost is taken for one that failed',
    edits: [{ file: `${CORE}/appender.ts`, from: 'await this.collection.readBack(doubtful);', to: '[] as readonly CommitKeys[];' }],
    caughtBy: [integration(`${MONGO}/test/append.int-spec.ts`)],
  },
  {
    name: 'claim-and-decision-unordered',
    breaks: 'G1: a decision is in the log without what it had to claim',
    edits: [{ file: `${CORE}/appender.ts`, from: 'this.settle(commits, true, verdicts)', to: 'this.settle(commits, false, verdicts)' }],
    caughtBy: [SIMULATOR, integration(`${MONGO}/test/event-store.contract.int-spec.ts`, 'stores none behind')],
  },
  {
    name: 'overtaken-follow-up-taken-for-done',
    breaks: 'G1: a command is acknowledged and what follows it is never written, because another append came first',
    edits: [{ file: `${CORE}/aggregates.ts`, from: 'return stored === writes.length;', to: 'return true;' }],
    caughtBy: [SIMULATOR, unit(`${CORE_SPECS}/aggregates.follow.spec.ts`)],
  },
  {
    name: 'unknown-before-an-overtaken-taken-for-stored',
    breaks: 'G2: a command is acknowledged and not in the log, because what follows it was overtaken while nothing was known of the command',
    edits: [{ file: `${CORE}/appender.ts`, from: 'open.slice(0, lost < 0 ? undefined : lost)', to: '(lost < 0 ? open : [])' }],
    caughtBy: [SIMULATOR, unit(`${CORE}/appender.spec.ts`)],
  },
  {
    name: 'order-by-clock',
    breaks: 'G4: commits are numbered in the order of an id that was made before they were committed',
    edits: [
      {
        file: `${CORE}/sequencer.ts`,
        from: 'const order = numberable(unnumbered, complete ? new Set() : await predecessorOpen(term, cutOff(unnumbered)));',
        to: 'void [numberable, predecessorOpen, cutOff];\n    const order = unnumbered.toSorted((a, b) => (a.commitId < b.commitId ? -1 : 1));',
      },
    ],
    caughtBy: [SIMULATOR, integration(`${MONGO}/test/event-store.contract.int-spec.ts`)],
  },
  {
    name: 'snapshot-in-the-append-path',
    breaks: 'G2: a command fails because a snapshot, which is only a cache, cannot be written',
    edits: [
      {
        file: `${CORE}/aggregates.ts`,
        from: "await this.tools.failpoint('before-append');",
        to: "await this.tools.failpoint('before-append');\n    if (writes[0]!.left.version - writes[0]!.left.snapshotAt > 20) await this.tools.snapshots?.save([]);",
      },
    ],
    caughtBy: [unit(`${CORE_SPECS}/snapshots.spec.ts`)],
  },
  {
    name: 'rebuild-switched-before-it-caught-up',
    breaks: 'G8: readers see less after the switch than before it',
    edits: [{ file: 'libs/event-sourcing/embedded/src/embedded-generations.ts', from: 'if (behind.length > 0) return { switched: false, behind };', to: '' }],
    caughtBy: [unit(`${CORE_SPECS}/rebuild.spec.ts`)],
  },
];
