/** The package's door: `import { createMail, loadConfig } from 'postlane'`. */
export { type Config, ConfigError, loadConfig } from './config.ts';
export * from './mail/index.ts';
