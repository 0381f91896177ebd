/** Why an expression may stay although the tool does not find it linear, by the file and how it is written. */
export const allowed: Readonly<Record<string, string>> = {
  'db/collisions.ts /^CREATE TABLE IF NOT EXISTS `?(\\w+)`? \\(\\s*([\\s\\S]*)\\)/':
    'reads the statements of our own migrations',
  'db/collisions.ts /^GRANT .+ ON .+ TO /i': 'reads what the database server of the host says of its user',
  "db/collisions.ts new RegExp(`^${expression}$`, 'i')":
    'reads what the database server of the host says of its user',
  'db/row-types.ts /^CREATE TABLE postlane_(?!agenda_)(\\w+) \\(\\n([^;]*)^\\)/gm':
    'reads our own schema when code is generated',
  'db/schema.ts /(?<= AS )\\(.*\\)(?= (?:VIRTUAL|STORED))/':
    'reads our own tables when the schema is written',
  'db/schema.ts /when \\((.+?)\\) then/g': 'reads our own tables when the schema is written',
  'db/schema.ts /^\\(+(case .* end|\\w+\\(.*\\))\\)+$/': 'reads our own tables when the schema is written',
  'server/admin/client/code/tokens.ts /\\{\\{!--[\\s\\S]*?(?:--\\}\\}|$)|\\{\\{![^}]*\\}\\}|\\{\\{\\{?(?:"[^"\\n]*"|\'[^\'\\n]*\'|[^{}"\'])*(?:\\}\\}\\}?|$)/g':
    'colours what a person types in that person’s own browser',
  'server/mail/templates/lint/document.ts new RegExp(` ${attribute}="[^"]*"`, \'g\')':
    'the name of the attribute is a constant; no quote is read twice',
  'server/testing/sent-mail.ts /<a\\b[^>]*?\\shref\\s*=\\s*(?:"([^"]*)"|\'([^\']*)\')/gi':
    'reads the mail of a host’s own tests, in those tests',
  'worker/commands/doctor/rights.ts /^GRANT (.+?) ON (.+?) TO /i':
    'reads what the database server of the host says of its user',
  "worker/commands/doctor/rights.ts new RegExp(`^${pattern}$`, 'i')":
    'reads what the database server of the host says of its user',
};
