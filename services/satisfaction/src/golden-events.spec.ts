import { describe, expect, it } from '@jest/globals';
import { foldingOf, goldenStories, holesIn, statesAlong } from '@keyfold/testing';
import { closureCheck, guardOf, personOf } from '@keyfold/platform';
import { incident } from './incident/incident.aggregate.js';

describe.each([incident, guardOf('satisfaction').decider, personOf('satisfaction').decider, foldingOf(closureCheck('satisfaction', 500))])(
  'the fold of $contract.name',
  (folding) => {
    it.each(goldenStories(folding))('takes $type in version $version', (story) => {
      const states = statesAlong(story, folding);
      expect(states.flatMap((state) => holesIn(state))).toEqual([]);
      expect(states[1]).not.toEqual(folding.initial);
    });
  },
);
