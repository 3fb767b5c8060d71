import { describe, expect, it } from '@jest/globals';
import { foldingOf, goldenStories, holesIn, statesAlong } from '@keyfold/testing';
import { closureCheck, guardOf } from '@keyfold/platform';
import { offering } from './offering/offering.aggregate.js';
import { opportunity } from './opportunity/opportunity.aggregate.js';

describe.each([offering, opportunity, guardOf('opportunities').decider, foldingOf(closureCheck('opportunities', 500))])(
  'the fold of $contract.name',
  (folding) => {
    it.each(goldenStories(folding))('takes $type in version $version', (story) => {
      const states = statesAlong(story, folding);
      expect(states.flatMap((state) => holesIn(state))).toEqual([]);
      expect(states[1]).not.toEqual(folding.initial);
    });
  },
);
