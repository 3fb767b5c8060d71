import { folders } from './jest.preset.mjs';

export default { projects: folders(['infra/chaos'], 'chaos-spec') };
