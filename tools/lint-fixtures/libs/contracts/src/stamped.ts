// violates keyfold(no-current-date)
export const stamp = () => new Date().toISOString();
