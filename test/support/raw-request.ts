import { connect } from 'node:net';

/** What a server on this machine answers to these bytes, which no client would have put in order; the sender has to ask for the end of the connection. */
export function rawAnswer(port: number, sent: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(sent));
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}
