export default { testEnvironment: 'node', testMatch: ['<rootDir>/spec/*.chaos-spec.mjs'], transform: {} };
