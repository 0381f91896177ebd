const mysql = require('mysql2/promise');
const nodemailer = require('nodemailer');
const request = require('supertest');
const { createMail, MailError, postlaneTransport, transactionAdapter } = require('postlane');
const { captureMail } = require('postlane/testing');
const createShop = require('./app.js');
const config = require('./postlane.config.js');

let captured;
let mail;
let pool;

beforeAll(async () => {
  pool = mysql.createPool({ uri: process.env.DATABASE_URL, connectionLimit: 4 });
  await pool.query('CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(255))');
  captured = await captureMail();
  mail = await createMail({
    ...config,
    ...captured.options,
    webhookCredentials: ['postmark:a-long-password'],
    logLevel: 'silent',
  });
}, 60_000);

afterAll(async () => {
  await mail?.close();
  await captured?.close();
  await pool?.end();
});

async function placeOrder(email, { fails = false } = {}) {
  const connection = await pool.getConnection();
  const trx = transactionAdapter(sql => connection.query(sql));
  try {
    await connection.beginTransaction();
    const [{ insertId }] = await connection.query('INSERT INTO orders (email) VALUES (?)', [email]);
    await mail.send(
      {
        template: 'order-confirmation',
        to: email,
        data: { orderNumber: String(insertId), items: [{ name: 'Tea', quantity: 1 }] },
      },
      { trx },
    );
    if (fails) throw new Error('declined');
    await connection.commit();
    trx.committed();
    return insertId;
  } catch (error) {
    await connection.rollback();
    throw error;
  } finally {
    connection.release();
  }
}

test('an order and its mail exist together, or neither does', async () => {
  const id = await placeOrder('ada@customer.example');
  const { subject } = await captured.waitFor({ to: 'ada@customer.example' });
  expect(subject).toBe(`Your order ${id}`);
  await expect(placeOrder('bob@customer.example', { fails: true })).rejects.toThrow('declined');
  const { messages } = await mail.messages.find({ recipient: 'bob@customer.example' });
  expect(messages).toEqual([]);
});

test('old nodemailer code moves over by one line', async () => {
  const transporter = nodemailer.createTransport(postlaneTransport(mail, { category: 'account' }));
  await transporter.sendMail({
    from: 'Corner Shop <mail@corner.example>',
    to: 'Old Code <old@customer.example>',
    subject: 'Welcome back',
    html: '<p>Good to see you.</p>',
    attachments: [{ filename: 'terms.txt', content: 'Be kind.' }],
  });
  const sent = await captured.waitFor({ to: 'old@customer.example' });
  expect(sent.subject).toBe('Welcome back');
  expect(sent.attachments.map(({ name, content }) => [name, content.toString()])).toEqual([['terms.txt', 'Be kind.']]);
});

test('wrong input is one kind of error', async () => {
  await expect(mail.send({ template: 'password-reset', to: 'x' })).rejects.toBeInstanceOf(MailError);
});

test('pages and webhooks work behind the body parsers of the shop', async () => {
  const app = createShop(mail);
  await request(app).get('/').expect(200, 'The shop');
  const page = await request(app).get('/intern/mail/').expect(303);
  expect(page.headers.location).toBe('/login?next=%2Fintern%2Fmail');
  await request(app).get('/intern/mail/').set('x-user', 'ada').expect(200);
  await request(app)
    .post('/intern/mail/webhooks/postmark')
    .auth('postmark', 'a-long-password')
    .send({ RecordType: 'SubscriptionChange', Recipient: 'ada@customer.example' })
    .expect(response => expect([200, 400]).toContain(response.status));
  await request(app).post('/intern/mail/webhooks/postmark').send({}).expect(401);
});
