// violates keyfold(boundaries)
export const adapter = () => import('@fixture/adapter');
