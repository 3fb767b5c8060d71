// violates typescript(no-misused-promises)
const isReady = async () => Promise.resolve(true);

export const state = () => (isReady() ? 'ready' : 'not yet');
