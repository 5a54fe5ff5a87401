export const passes = [];
