export default { projects: ['<rootDir>/infra/chaos/jest.chaos.config.mjs'] };
