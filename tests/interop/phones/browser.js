// A browser's phone: SIP.js on the browser's own WebSocket and WebRTC. What happens is noted as short texts; the tests take them from
// here and tell the phone what to do.
import { Inviter, Invitation, Messager, Registerer, SessionState, UserAgent } from "/sip.js/lib/index.js";

const noted = [];
const note = (text) => noted.push(text);
let agent, registerer, session;

function follow(next) {
  session = next;
  next.stateChange.addListener((state) => note(`session ${state}`));
  next.delegate = {
    onAck: () => {},
    onBye: () => note("bye"),
    // The other side changed the session; its direction says whether it holds.
    onInvite: (request) => note(`changed ${(/a=(sendrecv|sendonly|recvonly|inactive)/.exec(request.body) ?? ["", "?"])[1]}`),
    onRefer: (referral) => {
      note(`refer ${referral.referTo.uri}`);
      referral.accept().then(() => {
        const inviter = referral.makeInviter();
        follow(inviter);
        return inviter.invite({ requestDelegate: told("transferred") });
      });
    },
    onNotify: (notification) => {
      note(`notify ${notification.request.body.trim()}`);
      notification.accept();
    },
  };
}

// How a request was answered.
const told = (what) => ({
  onProgress: (response) => note(`${what} ${response.message.statusCode}`),
  onAccept: (response) => note(`${what} ${response.message.statusCode}`),
  onReject: (response) => note(`${what} ${response.message.statusCode}`),
});

const failed = (what) => (error) => note(`${what} failed: ${error}`);
const change = (what, hold) =>
  session.invite({ requestDelegate: told(what), sessionDescriptionHandlerOptions: { hold } }).catch(failed(what));

window.phone = {
  take: () => noted.splice(0),
  register: async (server, address, user, password) => {
    agent = new UserAgent({
      uri: UserAgent.makeURI(address),
      authorizationUsername: user,
      authorizationPassword: password,
      transportOptions: { server },
      logLevel: "error",
      sessionDescriptionHandlerFactoryOptions: { iceGatheringTimeout: 500, peerConnectionConfiguration: { iceServers: [] } },
      delegate: {
        onInvite: (invitation) => { follow(invitation); note(`call from ${invitation.remoteIdentity.uri}`); },
        onMessage: (message) => { note(`message ${message.request.body}`); message.accept(); },
        onDisconnect: (error) => note(`disconnected ${error ?? ""}`),
      },
    });
    await agent.start();
    registerer = new Registerer(agent, { expires: 600 });
    registerer.stateChange.addListener((state) => note(`registration ${state}`));
    await registerer.register({ requestDelegate: told("register") });
  },
  call: (address) => {
    const inviter = new Inviter(agent, UserAgent.makeURI(address));
    follow(inviter);
    inviter.invite({ requestDelegate: told("invite") }).catch(failed("invite"));
  },
  answer: () => void session.accept().catch(failed("answer")),
  refuse: () => void session.reject({ statusCode: 486 }).catch(failed("refuse")),
  cancel: () => void session.cancel().catch(failed("cancel")),
  hangUp: () => {
    if (session.state === SessionState.Established) session.bye().catch(failed("bye"));
    else if (session instanceof Invitation) window.phone.refuse();
    else window.phone.cancel();
  },
  hold: () => void change("hold", true),
  resume: () => void change("resume", false),
  transfer: (address) => void session.refer(UserAgent.makeURI(address), { requestDelegate: told("refer") }).catch(failed("refer")),
  send: (address, text) => void new Messager(agent, UserAgent.makeURI(address), text).message({ requestDelegate: told("send") }).catch(failed("send")),
  // Whether media arrives.
  packets: async () => {
    let received = 0;
    for (const report of (await session.sessionDescriptionHandler.peerConnection.getStats()).values())
      if (report.type === "inbound-rtp") received += report.packetsReceived;
    return received;
  },
};
