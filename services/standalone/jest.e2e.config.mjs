export { acceptance as default } from '../../jest.preset.mjs';
