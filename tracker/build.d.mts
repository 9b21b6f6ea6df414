export const SCRIPT_LIMIT: number
export function buildTracker(): Promise<{ 't.js': string; 't-actions.js': string; 'index.js': string }>
export function writeTracker(folder: string): Promise<void>
