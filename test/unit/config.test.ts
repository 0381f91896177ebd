import { expect } from 'chai';
import {
  ConfigError,
  loadConfig,
  loadDatabase,
  type MailOptions,
  requirePrivatePages,
} from '../../server/config/index.ts';

const base = {
  DATABASE_URL: 'mysql://app:db-secret@db.example:3306/postlane?ssl=verify-full',
  POSTMARK_SERVER_TOKEN: 'token-secret-1',
  MAIL_FROM: 'Shop <mail@shop.example>',
};

type Env = Record<string, string | undefined>;

/** The faults of an environment that is refused. */
function faultsOf(env: Env, options: MailOptions = {}): readonly string[] {
  try {
    loadConfig(env, options);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  throw new Error('It was accepted.');
}

describe('configuration', () => {
  it('needs three variables and has defaults for the rest', () => {
    const config = loadConfig(base);
    expect(config).to.deep.include({
      database: base.DATABASE_URL,
      smtp: {},
      from: base.MAIL_FROM,
      logLevel: 'info',
      publicUrl: 'http://localhost:3000',
      port: 3000,
      production: false,
      pagesAccess: 'until-account',
      trustedProxies: ['loopback'],
    });
    expect(config.servers.postmark).to.deep.equal({
      token: 'token-secret-1',
      apiUrl: 'https://api.postmarkapp.com',
      smtpUrl: 'smtp://token-secret-1:token-secret-1@smtp-broadcasts.postmarkapp.com:587',
    });
  });

  it('asks for DATABASE_URL alone where nothing else is needed, by the same rules', () => {
    expect(loadDatabase({ DATABASE_URL: base.DATABASE_URL, POSTLANE_PORT: 'odd' })).to.equal(
      base.DATABASE_URL,
    );
    for (const [env, fault] of [
      [{}, 'is missing'],
      [{ DATABASE_URL: 'mysql://host.example' }, 'is not valid'],
    ] as const) {
      expect(() => loadDatabase(env))
        .to.throw(ConfigError, `has 1 fault(s):\n  - DATABASE_URL ${fault}`)
        .with.property('exitCode', 78);
    }
  });

  it('reads everything', () => {
    const config = loadConfig({
      ...base,
      POSTMARK_API_URL: 'http://127.0.0.1:8080/',
      POSTMARK_SMTP_URL: 'smtp://key:secret@127.0.0.1:2525',
      SMTP_URL_OFFICE: 'smtps://user:pass@mail.example',
      SMTP_URL_SECOND_RELAY: 'smtp://relay.example',
      WEBHOOK_CREDENTIALS: 'postmark:with:colon1,next:password2',
      DO_NOT_CONTACT_CREDENTIALS: 'accounts:password3',
      POSTLANE_PUBLIC_URL: 'https://shop.example/mail//',
      POSTLANE_SECRET_KEY: `${'n'.repeat(32)},${'o'.repeat(40)}`,
      POSTLANE_PORT: '8080',
      POSTLANE_LOG_LEVEL: 'silent',
      NODE_ENV: 'production',
    });
    expect(config).to.deep.include({
      smtp: { office: 'smtps://user:pass@mail.example', 'second-relay': 'smtp://relay.example' },
      webhookCredentials: [
        { user: 'postmark', password: 'with:colon1' },
        { user: 'next', password: 'password2' },
      ],
      doNotContactCredentials: [{ user: 'accounts', password: 'password3' }],
      publicUrl: 'https://shop.example/mail',
      secretKeys: ['n'.repeat(32), 'o'.repeat(40)],
      port: 8080,
      logLevel: 'silent',
      production: true,
    });
    expect(config.servers.postmark?.smtpUrl).to.equal('smtp://key:secret@127.0.0.1:2525');
  });

  it('escapes a token that is no URL', () => {
    const { servers } = loadConfig({ ...base, POSTMARK_SERVER_TOKEN: 'a/b:c@d#12345' });
    const { username, password, hostname } = new URL(servers.postmark?.smtpUrl ?? '');
    expect([username, password].map(decodeURIComponent)).to.deep.equal(['a/b:c@d#12345', 'a/b:c@d#12345']);
    expect(hostname).to.equal('smtp-broadcasts.postmarkapp.com');
  });

  it('takes an empty variable for one that is not set', () => {
    const config = loadConfig({
      ...base,
      POSTLANE_PORT: '',
      POSTLANE_PUBLIC_URL: ' ',
      SMTP_URL_X: '',
      WEBHOOK_CREDENTIALS: '\t',
      NODE_ENV: '',
    });
    expect(config).to.deep.include({
      port: 3000,
      publicUrl: 'http://localhost:3000',
      smtp: {},
      production: false,
    });
    expect(faultsOf({ ...base, DATABASE_URL: '  ' })).to.have.length(1);
  });

  it('makes up secrets in development, new ones each time, and never in production', () => {
    const [one, other] = [loadConfig(base), loadConfig(base)];
    expect(one.secretKeys[0]).to.have.length.of.at.least(32);
    expect(one.secretKeys).not.to.deep.equal(other.secretKeys);
    expect(one.webhookCredentials).not.to.deep.equal(other.webhookCredentials);
    const faults = faultsOf({ ...base, NODE_ENV: 'production' }).join('\n');
    expect(faults).to.match(/WEBHOOK_CREDENTIALS is missing: set it to/);
    expect(faults).to.match(/POSTLANE_SECRET_KEY is missing: set it to/);
  });

  it('opens the pages without accounts in development only', () => {
    const secrets = { WEBHOOK_CREDENTIALS: 'postmark:password1', POSTLANE_SECRET_KEY: 'x'.repeat(32) };
    const production = { ...base, ...secrets, NODE_ENV: 'production' };
    expect(loadConfig({ ...base, POSTLANE_PAGES_ACCESS: 'open' }).pagesAccess).to.equal('open');
    expect(loadConfig({ ...base, POSTLANE_PAGES_ACCESS: 'accounts' }).pagesAccess).to.equal('accounts');
    expect(loadConfig(production).pagesAccess).to.equal('accounts');
    const faults = faultsOf({ ...production, POSTLANE_PAGES_ACCESS: 'open', POSTLANE_PORT: 'x' });
    expect(faults).to.have.length(2);
    expect(faults.find(fault => fault.startsWith('POSTLANE_PAGES_ACCESS'))).to.equal(
      'POSTLANE_PAGES_ACCESS is not valid: set it to accounts, or unset; open is for development, and refused in production.',
    );
  });

  it('lists every fault at once, each with its remedy, and asks for exit code 78', () => {
    const env = {
      POSTMARK_API_URL: 'ftp://x',
      POSTMARK_SMTP_URL: 'nonsense',
      SMTP_URL_X: 'http://x',
      WEBHOOK_CREDENTIALS: 'nocolon',
      POSTLANE_PUBLIC_URL: 'x',
      POSTLANE_SECRET_KEY: 'short',
      POSTLANE_PORT: 'x',
      POSTLANE_LOG_LEVEL: 'loud',
      MAIL_FROM: 'x',
    };
    const faults = faultsOf(env);
    for (const name of ['DATABASE_URL', 'POSTMARK_SERVER_TOKEN', ...Object.keys(env)]) {
      expect(
        faults.filter(fault => fault.startsWith(`${name} `)),
        name,
      ).to.have.length(1);
    }
    expect(faults).to.have.length(11);
    for (const fault of faults) expect(fault).to.match(/(is missing|is not valid): \S/);
    const error = new ConfigError(faults);
    expect(error).to.include({ exitCode: 78, name: 'ConfigError' });
    for (const fault of faults) expect(error.message).to.contain(fault);
  });

  const faulty: [string, string, string[]][] = [
    [
      'DATABASE_URL',
      'a host and a name',
      [
        'mysql://h',
        'mysql://h/',
        'mysql:db',
        'postgres://h/db',
        'mysql://u:p%zz@h/db',
        'h/db',
        'mysql:///db',
      ],
    ],
    ['POSTMARK_SERVER_TOKEN', 'one word', ['short', 'token with spaces', 'token-secret-1\n']],
    ['POSTMARK_API_URL', 'a base without a path', ['http://h/base', 'https://', 'h']],
    ['POSTMARK_SMTP_URL', 'a host', ['smtp:h', 'smtp:///h', 'smtp://', 'http://h', 'smtp://u%zz@h']],
    ['SMTP_URL_X', 'a host', ['smtp:h', 'smtp:///h', 'smtp://', 'http://h']],
    [
      'MAIL_FROM',
      'one address',
      [
        'shop',
        'a@localhost',
        'a@b@shop.example',
        'a@shop.example, b@shop.example',
        'A <a@shop.example>\r\nBcc: x@y.example',
      ],
    ],
    [
      'WEBHOOK_CREDENTIALS',
      'pairs with long passwords',
      ['user', 'user:short', ':password1', 'a:password1,', 'a:password1, b:password2'],
    ],
    ['POSTLANE_PUBLIC_URL', 'http or https', ['shop.example', 'ftp://shop.example', 'https://']],
    ['POSTLANE_SECRET_KEY', 'long keys', ['x'.repeat(31), `${'x'.repeat(32)},short`, `${'x'.repeat(32)},`]],
    ['POSTLANE_PAGES_ACCESS', 'one we know', ['yes', 'Open']],
    [
      'POSTLANE_TRUSTED_PROXIES',
      'networks',
      ['everybody', '10.0.0.0/33', '10.0.0', '::1/129', 'loopback,,', '10.0.0.0/8/8'],
    ],
    ['POSTLANE_PORT', 'a port', ['0', '-1', '65536', '3.5', '80a']],
    ['POSTLANE_LOG_LEVEL', 'a level', ['INFO', 'verbose']],
  ];
  for (const [name, what, values] of faulty) {
    it(`wants of ${name} ${what}`, () => {
      for (const value of values) {
        const faults = faultsOf({ ...base, [name]: value });
        expect(faults, value).to.have.length(1);
        expect(faults[0], value).to.match(new RegExp(`^${name} is not valid`));
      }
    });
  }

  it('sends no token of production over a network in plain text', () => {
    const secrets = { WEBHOOK_CREDENTIALS: 'postmark:password1', POSTLANE_SECRET_KEY: 'x'.repeat(32) };
    const production = { ...base, ...secrets, NODE_ENV: 'production' };
    const faults = faultsOf({ ...production, POSTMARK_API_URL: 'http://postmark.example' });
    expect(faults).to.have.length(1);
    expect(faults[0]).to.match(/^POSTMARK_API_URL is not valid: set it to an https URL/);
    for (const POSTMARK_API_URL of ['https://postmark.example', 'http://localhost:8925', 'http://[::1]:8925'])
      loadConfig({ ...production, POSTMARK_API_URL });
    loadConfig({ ...base, POSTMARK_API_URL: 'http://postmark.example' });
  });

  describe('a database that production reaches', () => {
    const secrets = { WEBHOOK_CREDENTIALS: 'postmark:password1', POSTLANE_SECRET_KEY: 'x'.repeat(32) };
    const production = { ...base, ...secrets, NODE_ENV: 'production' };
    const plain = 'mysql://app:db-secret@db.example/postlane';

    it('is encrypted, or the remedy and the waiver are said', () => {
      for (const DATABASE_URL of [plain, `${plain}?ssl=disabled`, plain.replace('db.example', '10.0.0.7')])
        for (const refused of [
          () => loadConfig({ ...production, DATABASE_URL }),
          () => loadConfig(production, { database: DATABASE_URL }),
          // What needs nothing else, such as "postlane migrate", sends the password as well.
          () => loadDatabase({ DATABASE_URL, NODE_ENV: 'production' }),
        ])
          expect(refused, DATABASE_URL)
            .to.throw(ConfigError, /DATABASE_URL|database/)
            .with.property('message')
            .that.matches(/ssl=verify-full/)
            .and.matches(/POSTLANE_DATABASE_UNENCRYPTED=allow/)
            .and.not.includes('db-secret');
      const connection = { host: 'db.example', database: 'shop' };
      const faults = faultsOf(production, { database: { connection } });
      expect(faults).to.have.length(1);
      expect(
        loadConfig(production, { database: { connection: { ...connection, ssl: {} } } }).database,
      ).to.include({
        unencrypted: 'refuse',
      });
    });

    it('need not be on this machine, in development, or where that is waived by name', () => {
      for (const host of ['localhost', '127.0.0.1', '[::1]'])
        loadConfig({ ...production, DATABASE_URL: `mysql://root@${host}/postlane` });
      loadConfig({ ...production, DATABASE_URL: 'mysql://root@db.example/postlane?socketPath=/run/my.sock' });
      loadConfig({ ...base, DATABASE_URL: plain });
      const waived = { url: plain, unencrypted: 'allow' };
      // Whichever variable comes first.
      for (const env of [
        { POSTLANE_DATABASE_UNENCRYPTED: 'allow', ...production, DATABASE_URL: plain },
        { ...production, DATABASE_URL: plain, POSTLANE_DATABASE_UNENCRYPTED: 'allow' },
      ])
        expect(loadConfig(env).database).to.deep.equal(waived);
      expect(
        loadConfig(production, { database: { url: plain, unencrypted: 'allow' } }).database,
      ).to.deep.equal(waived);
      expect(faultsOf({ ...production, POSTLANE_DATABASE_UNENCRYPTED: 'yes' })[0]).to.include(
        'must be allow or refuse',
      );
      // A host's own variable of that name is not about us.
      expect(faultsOf({ ...production, DATABASE_URL: plain, DATABASE_UNENCRYPTED: 'allow' })).to.have.length(
        1,
      );
      expect(faultsOf({ MAIL_FROM: base.MAIL_FROM, POSTLANE_DATABASE_UNENCRYPTED: 'allow' })[0]).to.match(
        /^DATABASE_URL is missing/,
      );
    });

    it('is asked when it is there where only then it can be seen', () => {
      const database = { connection: () => ({ host: 'db.example' }) };
      expect(loadConfig(production, { database }).database).to.deep.equal({
        ...database,
        unencrypted: 'refuse',
      });
    });
  });

  it('reaches a private server by its socket', () => {
    const DATABASE_URL = 'mysql://root@localhost/postlane?socketPath=/run/my.sock';
    expect(loadConfig({ ...base, DATABASE_URL }).database).to.equal(DATABASE_URL);
  });

  it('refuses names of transports that are not one, or ours', () => {
    for (const name of [
      'SMTP_URL_POSTMARK_API',
      'SMTP_URL_POSTMARK_SMTP',
      'SMTP_URL_lower',
      'SMTP_URL_',
      `SMTP_URL_${'X'.repeat(33)}`,
    ]) {
      const faults = faultsOf({ ...base, [name]: 'smtp://h' });
      expect(faults, name).to.have.length(1);
      expect(faults[0], name).to.match(new RegExp(`^${name} is not a valid transport name`));
    }
  });

  it('never shows a secret in what it says', () => {
    const env = {
      DATABASE_URL: 'postgres://app:SECRET@db/x',
      POSTMARK_SERVER_TOKEN: 'SECRET SECRET',
      POSTMARK_SMTP_URL: 'http://SECRET:SECRET@h',
      SMTP_URL_X: 'http://SECRET:SECRET@h',
      WEBHOOK_CREDENTIALS: 'SECRET',
      POSTLANE_SECRET_KEY: 'SECRET',
      MAIL_FROM: 'SECRET',
    };
    expect(JSON.stringify(faultsOf(env)).replaceAll('POSTLANE_SECRET_KEY', '')).not.to.contain('SECRET');
  });

  describe('in a host', () => {
    const theirs = {
      PORT: 'x',
      NODE_ENV: 'staging',
      LOG_LEVEL: 'verbose',
      PUBLIC_URL: 'x',
      SECRET_KEY: 'short',
    };

    it('leaves what the host calls its own alone', () => {
      expect(loadConfig({ ...base, ...theirs })).to.deep.include({
        port: 3000,
        production: false,
        logLevel: 'info',
        publicUrl: 'http://localhost:3000',
      });
    });

    it('takes POSTLANE_X before X, for every variable', () => {
      const config = loadConfig({
        ...base,
        POSTLANE_DATABASE_URL: 'mysql://other.example/mail',
        POSTLANE_MAIL_FROM: 'Other <mail@other.example>',
        POSTLANE_POSTMARK_SERVER_TOKEN: 'other-token',
        SMTP_URL_OFFICE: 'smtp://one.example',
        POSTLANE_SMTP_URL_OFFICE: 'smtp://two.example',
        NODE_ENV: 'production',
        POSTLANE_NODE_ENV: 'development',
      });
      expect(config).to.deep.include({
        database: 'mysql://other.example/mail',
        from: 'Other <mail@other.example>',
        smtp: { office: 'smtp://two.example' },
        production: false,
      });
      expect(config.servers.postmark?.token).to.equal('other-token');
      expect(faultsOf({ ...base, POSTLANE_DATABASE_URL: 'x' })[0]).to.match(
        /^POSTLANE_DATABASE_URL is not valid/,
      );
    });

    it('takes what is said in code before the environment, which fills in the rest', () => {
      const config = loadConfig(base, {
        database: 'mysql://code.example/mail',
        postmark: { apiUrl: 'http://127.0.0.1:1' },
        policy: { categories: { welcome: {}, news: { lane: 'bulk', from: 'News <news@shop.example>' } } },
      });
      expect(config.database).to.equal('mysql://code.example/mail');
      expect(config.from).to.equal(base.MAIL_FROM);
      expect(config.servers.postmark).to.include({ token: 'token-secret-1', apiUrl: 'http://127.0.0.1:1' });
      expect(loadConfig({}, config), 'handed over again').to.deep.equal(config);
    });

    it('requires a second step of the roles that are named', () => {
      const read = (text: string) => loadConfig({ ...base, POSTLANE_SECOND_STEP: text }).secondStep;
      expect(loadConfig(base).secondStep).to.deep.equal([]);
      expect(read('publisher, admin')).to.deep.equal(['publisher', 'admin']);
      expect(faultsOf({ ...base, POSTLANE_SECOND_STEP: 'boss' })).to.deep.equal([
        'POSTLANE_SECOND_STEP is not valid: set it to a list of the roles viewer, editor, publisher, admin (with commas ' +
          'between them in the variable).',
      ]);
    });

    it('lets pages in production be reached by https alone, unless that is waived by name', () => {
      const refusalOf = (env: object) => {
        try {
          requirePrivatePages(
            loadConfig({
              ...base,
              WEBHOOK_CREDENTIALS: 'postmark:password1',
              POSTLANE_SECRET_KEY: 'x'.repeat(32),
              ...env,
            }),
          );
          return null;
        } catch (error) {
          return error instanceof ConfigError ? error.message : error;
        }
      };
      const production = { NODE_ENV: 'production', POSTLANE_DATABASE_UNENCRYPTED: 'allow' };
      const http = { ...production, POSTLANE_PUBLIC_URL: 'http://mail.shop.example' };
      for (const env of [production, http])
        expect(refusalOf(env)).to.match(
          /POSTLANE_PUBLIC_URL must be an https URL in production, and it is http:/,
        );
      expect(refusalOf(http)).to.match(/put a proxy.*POSTLANE_PAGES_UNENCRYPTED=allow/s);
      expect(refusalOf({ ...http, POSTLANE_PAGES_UNENCRYPTED: 'allow' })).to.equal(null);
      expect(refusalOf({ ...production, POSTLANE_PUBLIC_URL: 'https://mail.shop.example' })).to.equal(null);
      expect(refusalOf({})).to.equal(null);
    });

    it('takes a second person for what is named, for everything, or for nothing', () => {
      const read = (text: string) => loadConfig({ ...base, POSTLANE_SECOND_PERSON: text }).secondPerson;
      expect(loadConfig(base)).to.not.have.property('secondPerson');
      expect(read('true')).to.equal(true);
      expect(read('false')).to.equal(false);
      expect(read('users.role, templates.publish')).to.deep.equal(['users.role', 'templates.publish']);
      expect(loadConfig({ ...base, SECOND_PERSON: 'true' }), 'a name of the host’s').to.not.have.property(
        'secondPerson',
      );
      expect(faultsOf({ ...base, POSTLANE_SECOND_PERSON: 'templates.publish,launch' })).to.deep.equal([
        'POSTLANE_SECOND_PERSON is not valid: set it to true for everything, false, or a list of templates.publish, ' +
          'campaigns.launch, users.role (with commas between them in the variable).',
      ]);
      const mail = { ...base, POSTLANE_SECOND_PERSON_MAIL: 'grace@shop.example, Lin <lin@shop.example>' };
      expect(loadConfig(mail).secondPersonMail).to.deep.equal([
        'grace@shop.example',
        'Lin <lin@shop.example>',
      ]);
    });

    describe('of several servers and brands', () => {
      const servers = { postmark: {}, outlet: { token: 'token-of-outlet' }, 'far-shop': {} };
      const env = {
        ...base,
        POSTMARK_API_URL: 'http://127.0.0.1:1',
        POSTMARK_SMTP_URL: 'smtp://key:secret@127.0.0.1:2525',
        POSTMARK_SERVER_TOKEN_OUTLET: 'token-of-nobody',
        POSTMARK_SERVER_TOKEN_FAR_SHOP: 'token-of-far-shop',
        POSTMARK_API_URL_FAR_SHOP: 'http://127.0.0.1:2',
        POSTMARK_SERVER_TOKEN_ELSEWHERE: 'of the host’s own',
      };

      it('takes each server’s secrets from variables with its name, and what is for all from those without', () => {
        const config = loadConfig(env, { servers });
        expect(config.servers).to.deep.equal({
          postmark: {
            token: 'token-secret-1',
            apiUrl: 'http://127.0.0.1:1',
            smtpUrl: 'smtp://key:secret@127.0.0.1:2525',
          },
          outlet: {
            token: 'token-of-outlet',
            apiUrl: 'http://127.0.0.1:1',
            smtpUrl: 'smtp://token-of-outlet:token-of-outlet@smtp-broadcasts.postmarkapp.com:587',
          },
          'far-shop': {
            token: 'token-of-far-shop',
            apiUrl: 'http://127.0.0.1:2',
            smtpUrl: 'smtp://token-of-far-shop:token-of-far-shop@smtp-broadcasts.postmarkapp.com:587',
          },
        });
        expect(loadConfig({}, config), 'handed over again').to.deep.equal(config);
      });

      it('keeps brands, with their folders beside the file', () => {
        const outlet = { from: 'Outlet <mail@outlet.example>', server: 'outlet', values: { name: 'Outlet' } };
        const brands = { shop: {}, outlet: { ...outlet, templates: 'mail/outlet' } };
        const options = { servers, brands, defaultBrand: 'shop', file: '/srv/shop/postlane.config.js' };
        const config = loadConfig(env, options);
        expect(config.defaultBrand).to.equal('shop');
        expect(config.brands).to.deep.equal({
          shop: {},
          outlet: { ...outlet, templates: '/srv/shop/mail/outlet' },
        });
        expect(loadConfig({}, config), 'handed over again').to.deep.equal(config);
      });

      const refused: [MailOptions, string][] = [
        [
          { servers: { outlet: { token: 'token-of-outlet' } }, postmark: { token: 'token-secret-1' } },
          'postmark and servers are both given: move what postmark says to servers.postmark.',
        ],
        [{ servers: {} }, 'servers must have at least 1 key.'],
        [{ servers: { 'The Shop': { token: 'token-secret-1' } } }, 'servers.The Shop is not an option.'],
        [
          { servers: { outlet: {}, other: { token: 'token-secret-1' } } },
          'POSTMARK_SERVER_TOKEN_OUTLET is missing: set it to the server token from Postmark, under API Tokens.',
        ],
        [
          { servers: { outlet: { token: 'short' } } },
          'servers.outlet.token is not valid: set it to the server token from Postmark, under API Tokens.',
        ],
        [
          { brands: { outlet: { server: 'outlet' } } },
          'brands.outlet.server is not valid: there is no server outlet; there are: postmark.',
        ],
        [
          { brands: { outlet: {} }, defaultBrand: 'shop' },
          'defaultBrand is not valid: there is no brand shop; there are: outlet.',
        ],
        [
          { brands: { outlet: { form: 'x' } as object } },
          'brands.outlet.form is not an option: did you mean from?',
        ],
        [
          { idempotencyScope: 'Shop A' },
          'idempotencyScope fails to match the required pattern: /^[a-z0-9-]{1,32}$/.',
        ],
      ];
      for (const [options, fault] of refused) {
        it(`refuses: ${fault}`, () => {
          expect(faultsOf(base, options)).to.deep.equal([fault]);
        });
      }

      it('finds fault with a variable of a server by its name', () => {
        expect(
          faultsOf(
            { ...base, POSTMARK_API_URL_OUTLET: 'x' },
            { servers: { outlet: { token: 'token-secret' } } },
          ),
        ).to.deep.equal([
          'POSTMARK_API_URL_OUTLET is not valid: set it to an https URL without a path (http outside production, and on this machine), or unset for https://api.postmarkapp.com.',
        ]);
      });
    });

    it('refuses what it does not know, with the name that was meant', () => {
      const options = {
        databse: 'mysql://h/d',
        postmark: { tokn: 'x' },
        policy: { categories: { news: { lanes: 'bulk' }, 'Not one': {} } },
        retry: { maxAttempt: 3 },
      } as MailOptions;
      expect(faultsOf(base, options)).to.have.members([
        'databse is not an option: did you mean database?',
        'postmark.tokn is not an option: did you mean token?',
        'policy.categories.news.lanes is not an option: did you mean lane?',
        'policy.categories.Not one is not an option.',
        'retry.maxAttempt is not an option: did you mean maxAttempts?',
      ]);
      for (const odd of [null, 'x', 3, []]) {
        expect(faultsOf(base, odd as MailOptions)).to.deep.equal([
          'The configuration is not an object; export what defineMail returns.',
        ]);
      }
    });

    it('finds fault with each value in code by its name', () => {
      const values: [string, unknown][] = [
        ['database', { pool: 3 }],
        ['from', 'x'],
        ['postmark', 'x'],
        ['postmark.token', 7],
        ['smtp.x', 'http://h'],
        ['templates', 7],
        ['topics', 'news'],
        ['topics', ['News']],
        ['secondPerson', ['templates.edit']],
        ['secondPerson', 'yes'],
        ['secondPersonMail', ['Grace']],
        ['poolSize', 5],
        ['publicUrl', 'x'],
        ['webhookCredentials', ['user']],
        ['doNotContactCredentials', []],
        ['secretKeys', 'x'.repeat(32)],
        ['logger', {}],
        ['logLevel', 'verbose'],
        ['production', 'yes'],
        ['port', '80'],
        ['trustedProxies', ['everybody']],
        ['policy.categories', {}],
        ['unsubscribe', 'ours'],
        ['unsubscribe', { broadcast: 'ours' }],
        ['timing.sendLeaseMs', -1],
      ];
      for (const [option, value] of values) {
        const [top = '', below] = option.split('.');
        const faults = faultsOf(base, { [top]: below ? { [below]: value } : value } as MailOptions);
        expect(faults, option).to.have.length(1);
        expect(faults[0], option).to.match(new RegExp(`^${option} `));
      }
    });
  });
});
