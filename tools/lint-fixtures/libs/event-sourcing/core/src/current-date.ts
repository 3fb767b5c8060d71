// violates keyfold(no-current-date)
export const now = new Date();
