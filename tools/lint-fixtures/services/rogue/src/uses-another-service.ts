// violates keyfold(boundaries)
import { thing } from '@fixture/other';

export const used = thing;
