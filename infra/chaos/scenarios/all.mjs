// Every scenario, in the order in which a run takes them: those that can share a laboratory stand together.
import { oneStream } from './contention.mjs';
import { diskFull } from './disks.mjs';
import { frozen } from './freezes.mjs';
import { rebalanceStorm } from './groups.mjs';
import { commandServiceKilled, everythingKilled, projectorKilled, relayKilled } from './kills.mjs';
import { deliveredAgain, messagesMissing, outOfOrder, poisoned } from './messages.mjs';
import { answersLost } from './network.mjs';
import { rebuildKilled } from './rebuilds.mjs';
import { brokerKilled, mongodKilled, primaryLost, producerForgotten } from './servers.mjs';
import { shutDown } from './shutdowns.mjs';
import { storm } from './storm.mjs';
import { brokerWiped } from './topics.mjs';

export const SCENARIOS = [
  commandServiceKilled,
  projectorKilled,
  relayKilled,
  mongodKilled,
  brokerKilled,
  everythingKilled,
  frozen,
  answersLost,
  deliveredAgain,
  outOfOrder,
  poisoned,
  rebalanceStorm,
  rebuildKilled,
  shutDown,
  oneStream,
  brokerWiped,
  messagesMissing,
  producerForgotten,
  primaryLost,
  diskFull,
  storm,
];
