export default { testEnvironment: 'node', testMatch: ['<rootDir>/spec/*.spec.mjs'], transform: {} };
