/** Names that a mail module would like to have as well. */
export async function up(knex) {
  await knex.schema.createTable('messages', table => {
    table.increments();
    table.text('text');
  });
  await knex.schema.createTable('events', table => {
    table.increments();
    table.string('name');
  });
  await knex.schema.createTable('accounts', table => {
    table.increments();
    table.string('email');
  });
  await knex('messages').insert({ text: 'Hello from the shop' });
}

export async function down(knex) {
  for (const name of ['messages', 'events', 'accounts']) await knex.schema.dropTable(name);
}
