// violates keyfold(boundaries)
import { thing } from '@fixture/testing';

export const used = thing;
