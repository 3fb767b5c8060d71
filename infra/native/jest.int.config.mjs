export default { testEnvironment: 'node', testMatch: ['<rootDir>/spec/*.int-spec.mjs'], transform: {}, testTimeout: 120_000 };
