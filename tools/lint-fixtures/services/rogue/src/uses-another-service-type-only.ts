// violates keyfold(boundaries)
import type { thing } from '@fixture/other';

export type Used = typeof thing;
