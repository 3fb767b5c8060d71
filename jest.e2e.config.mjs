export default { projects: ['<rootDir>/services/*/jest.e2e.config.mjs'], testTimeout: 180_000 };
