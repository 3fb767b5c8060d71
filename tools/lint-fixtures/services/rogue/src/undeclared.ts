// violates keyfold(boundaries)
import { thing } from '@fixture/contracts';

export const used = thing;
