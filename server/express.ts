/** The door of `postlane/express`: what a host mounts in its own app. */
export {
  type AdminRouterOptions,
  type Authenticate,
  type Authenticated,
  adminRouter,
  type HostMiddleware,
  type HostRequest,
  type HostResponse,
  type MailRouterOptions,
  mailRouter,
  type Person,
  type PublicRouterOptions,
  publicRouter,
  type Role,
  type UnexpectedErrors,
  type WebhookCredential,
} from './app.ts';
