// violates typescript(await-thenable)
export const wait = async (value: number) => await value;
