// violates keyfold(boundaries)
import { thing } from '../../../libs/contracts/src/index.js';

export const used = thing;
