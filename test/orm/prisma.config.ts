export default { schema: 'shop.prisma', datasource: { url: 'mysql://nobody@localhost/shop' } };
