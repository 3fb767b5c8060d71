import { describe, expect, it } from '@jest/globals';
import { getMetadataStorage, IsInt, IsString, validate } from 'class-validator';
import { CLOSED_BODY } from './validation.js';

class Named {
  @IsString() name!: unknown;
}
class Counted extends Named {
  @IsInt() count!: unknown;
}
class Grouped {
  @IsInt({ groups: ['counting'] }) count!: unknown;
}

const refused = async (body: object): Promise<string[]> => (await validate(body, CLOSED_BODY)).map(({ property }) => property).toSorted();
const rules = (type: typeof Counted | typeof Grouped, groups?: string[]) => getMetadataStorage().getTargetValidationMetadatas(type, '', false, false, groups);

describe('the rules of a body', () => {
  it('are those of its class and of what that extends, however often they are asked for', async () => {
    for (let time = 1; time <= 2; time++) {
      expect(await refused(Object.assign(new Counted(), { name: 1, count: 'x', more: 1 }))).toEqual(['count', 'more', 'name']);
      expect(await refused(Object.assign(new Named(), { name: 'x', count: 1 }))).toEqual(['count']);
    }
  });

  it('are looked for once', () => expect(rules(Counted)).toBe(rules(Counted)));
  it('of a group are looked for as they always were', () => expect([rules(Grouped, ['counting']).length, rules(Grouped, ['other']).length]).toEqual([1, 0]));
});
