// Runs the certified npm package oidc-provider for a test. Arguments: the product's address, and where the claims about
// a person are to be had: id_token or userinfo. Its address is printed when it listens.
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

// The package is installed where the tests keep their npm tools, which is the working directory, not beside this file.
const { default: Provider } = await import(new URL('node_modules/oidc-provider/lib/index.js', pathToFileURL(`${process.cwd()}/`)));

const [home, claims] = process.argv.slice(2);
const people = {
  els: { name: 'Els Peeters', email: 'els.peeters@acme.example', groups: ['everyone', 'hr-edit'] },
  tom: { name: 'Tom Nobody', email: 'tom.nobody@acme.example', groups: ['everyone'] },
};

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'protime-admin',
      client_secret: 'the-clients-secret-at-the-provider',
      redirect_uris: [`${home}/login/callback`],
      post_logout_redirect_uris: [`${home}/`],
      backchannel_logout_uri: `${home}/login/backchannel`,
      backchannel_logout_session_required: true,
      id_token_signed_response_alg: 'RS256',
    }],
    claims: { openid: ['sub', 'sid'], profile: ['name', 'groups'], email: ['email'] },
    conformIdTokenClaims: claims === 'userinfo',
    cookies: { keys: ['a key for the cookies of a test'] },
    features: { backchannelLogout: { enabled: true } },
    findAccount: (_ctx, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
  });
  provider.on('server_error', (_ctx, error) => console.error('server_error', error));
  provider.on('backchannel.error', (_ctx, error) => console.error('backchannel.error', error));
  server.on('request', provider.callback());
  console.log(`issuer ${issuer} listens`);
});
