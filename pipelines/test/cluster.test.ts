// What is said of clusters on a command line. A real Slurm is in long/slurm.test.ts.
import test from 'ava';
import { clusterRequest } from '../src/cluster/request.ts';

test('options of clusters are taken out of the words of a stage, in both spellings', (t) => {
  t.deepEqual(clusterRequest(['--k', '2', '3']), { own: ['--k', '2', '3'] });
  const words = [
    '--cluster',
    'slurm',
    '--k',
    '2',
    '--parts=40',
    '--cluster-options',
    '--mem=4G  --time=1:00:00',
    '--jobs',
    '2',
  ];
  t.deepEqual(clusterRequest(words), {
    own: ['--k', '2', '--jobs', '2'],
    cluster: { parts: 40, options: ['--mem=4G', '--time=1:00:00'] },
  });
  t.is(clusterRequest(['--cluster=slurm']).cluster?.parts, 20);
});

test('what is no scheduler, no number of parts, or said without a cluster is refused', (t) => {
  t.throws(() => clusterRequest(['--cluster', 'pbs']), { message: /slurm alone.*--shard 1\/20/ });
  t.throws(() => clusterRequest(['--cluster']), { message: /slurm alone/ });
  for (const parts of ['0', '2.5', 'many', ''])
    t.throws(() => clusterRequest(['--cluster', 'slurm', '--parts', parts]), { message: /at least 1/ });
  t.throws(() => clusterRequest(['--parts', '3']), { message: /--parts belongs to --cluster slurm/ });
});
