export default { testEnvironment: 'node', testMatch: ['<rootDir>/*.spec.mjs'], transform: {} };
