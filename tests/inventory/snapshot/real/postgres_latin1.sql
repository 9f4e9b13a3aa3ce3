--
-- PostgreSQL database dump
--

\restrict oL4OOUvR6yyt5FfJioyB6JV2KlwYCVaGbsvhJsdruoRxt0tBwqlGnMYbhP2dqaN

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'LATIN1';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: public; Type: SCHEMA; Schema: -; Owner: airflow
--

-- *not* creating schema, since initdb creates it


ALTER SCHEMA public OWNER TO airflow;

--
-- Name: SCHEMA public; Type: COMMENT; Schema: -; Owner: airflow
--

COMMENT ON SCHEMA public IS '';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: alembic_version; Type: TABLE; Schema: public; Owner: airflow
--

CREATE TABLE public.alembic_version (
    version_num character varying(250)
);


ALTER TABLE public.alembic_version OWNER TO airflow;

--
-- Name: connection; Type: TABLE; Schema: public; Owner: airflow
--

CREATE TABLE public.connection (
    id integer,
    conn_id character varying(250),
    conn_type text,
    host text,
    schema text,
    login text,
    password text,
    port integer,
    extra text,
    is_encrypted boolean,
    is_extra_encrypted boolean
);


ALTER TABLE public.connection OWNER TO airflow;

--
-- Name: dag; Type: TABLE; Schema: public; Owner: airflow
--

CREATE TABLE public.dag (
    dag_id character varying(250),
    is_paused boolean,
    is_subdag boolean,
    is_active boolean,
    fileloc text,
    owners text,
    description text,
    schedule_interval text
);


ALTER TABLE public.dag OWNER TO airflow;

--
-- Name: dag_run; Type: TABLE; Schema: public; Owner: airflow
--

CREATE TABLE public.dag_run (
    id integer,
    dag_id character varying(250),
    execution_date timestamp with time zone,
    state text,
    run_id character varying(250),
    external_trigger boolean,
    conf bytea,
    end_date timestamp with time zone,
    start_date timestamp with time zone
);


ALTER TABLE public.dag_run OWNER TO airflow;

--
-- Name: dag_tag; Type: TABLE; Schema: public; Owner: airflow
--

CREATE TABLE public.dag_tag (
    name character varying(250),
    dag_id character varying(250)
);


ALTER TABLE public.dag_tag OWNER TO airflow;

--
-- Name: import_error; Type: TABLE; Schema: public; Owner: airflow
--

CREATE TABLE public.import_error (
    id integer,
    "timestamp" timestamp with time zone,
    filename text,
    stacktrace text
);


ALTER TABLE public.import_error OWNER TO airflow;

--
-- Name: log; Type: TABLE; Schema: public; Owner: airflow
--

CREATE TABLE public.log (
    id integer,
    dttm timestamp with time zone,
    event text,
    extra text
);


ALTER TABLE public.log OWNER TO airflow;

--
-- Name: serialized_dag; Type: TABLE; Schema: public; Owner: airflow
--

CREATE TABLE public.serialized_dag (
    dag_id character varying(250),
    fileloc text,
    data json
);


ALTER TABLE public.serialized_dag OWNER TO airflow;

--
-- Name: slot_pool; Type: TABLE; Schema: public; Owner: airflow
--

CREATE TABLE public.slot_pool (
    id integer,
    pool character varying(250),
    slots integer,
    description text
);


ALTER TABLE public.slot_pool OWNER TO airflow;

--
-- Name: variable; Type: TABLE; Schema: public; Owner: airflow
--

CREATE TABLE public.variable (
    id integer,
    key character varying(250),
    val text,
    is_encrypted boolean
);


ALTER TABLE public.variable OWNER TO airflow;

--
-- Name: xcom; Type: TABLE; Schema: public; Owner: airflow
--

CREATE TABLE public.xcom (
    id integer,
    key text,
    value bytea
);


ALTER TABLE public.xcom OWNER TO airflow;

--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: public; Owner: airflow
--

COPY public.alembic_version (version_num) FROM stdin;
03afc6b6f902
\.


--
-- Data for Name: connection; Type: TABLE DATA; Schema: public; Owner: airflow
--

COPY public.connection (id, conn_id, conn_type, host, schema, login, password, port, extra, is_encrypted, is_extra_encrypted) FROM stdin;
1	c	http	h.example	\N	me	passéword	8080	{"a": "b\\\\c \\"d\\" é"}	f	f
2	nasty	http	h.example	\N	me	it's a \\n "line"\nand\ttwo\r\n`back` \\' -- no comment; /* none */  é	8080	\N	f	f
\.


--
-- Data for Name: dag; Type: TABLE DATA; Schema: public; Owner: airflow
--

COPY public.dag (dag_id, is_paused, is_subdag, is_active, fileloc, owners, description, schedule_interval) FROM stdin;
d	f	f	t	/home/airflow/gcs/dags/d.py	me, you	née 'd'\n\\	"@daily"
e	t	f	t	/home/airflow/gcs/dags/e.py	me, you	née 'd'\n\\	"@daily"
\.


--
-- Data for Name: dag_run; Type: TABLE DATA; Schema: public; Owner: airflow
--

COPY public.dag_run (id, dag_id, execution_date, state, run_id, external_trigger, conf, end_date, start_date) FROM stdin;
1	d	2026-11-20 00:00:00+00	success	scheduled__2026-11-20T00:00:00+00:00	f	\N	\N	2026-11-21 00:00:03.25+00
2	d	2026-11-21 00:00:00+00	success	scheduled__2026-11-21T00:00:00+00:00	f	\\x8004952d000000000000007d94288c11636f6d706f7365725f6d69677261746f72948c0178948c0c636172726965645f6f7665729488752e	\N	2026-11-22 00:00:03.25+00
3	d	2026-11-22 00:00:00+00	success	scheduled__2026-11-22T00:00:00+00:00	f	\\x8004954d000000000000007d948c0161948c42697427732061205c6e20226c696e65220a616e640974776f0d0a606261636b60205c27202d2d206e6f20636f6d6d656e743b202f2a206e6f6e65202a2f201a20c3a994732e	\N	2026-11-23 00:00:03.25+00
\.


--
-- Data for Name: dag_tag; Type: TABLE DATA; Schema: public; Owner: airflow
--

COPY public.dag_tag (name, dag_id) FROM stdin;
tägg	d
two	d
\.


--
-- Data for Name: import_error; Type: TABLE DATA; Schema: public; Owner: airflow
--

COPY public.import_error (id, "timestamp", filename, stacktrace) FROM stdin;
1	2026-11-24 00:00:00+00	/home/airflow/gcs/dags/bad.py	Traceback:\n  it's\nE: bâd\n
\.


--
-- Data for Name: log; Type: TABLE DATA; Schema: public; Owner: airflow
--

COPY public.log (id, dttm, event, extra) FROM stdin;
1	2026-11-24 00:00:00+00	'); INSERT INTO variable VALUES (9,'planted','x',0);\nINSERT INTO `variable` VALUES (9,'planted','x',0);\nCOPY public.variable (id, key, val, is_encrypted) FROM stdin;\n9\tplanted\tx\tf\n\\.\n-- Dump completed\n	it's a \\n "line"\nand\ttwo\r\n`back` \\' -- no comment; /* none */  é
2	\N	a\\	\N
\.


--
-- Data for Name: serialized_dag; Type: TABLE DATA; Schema: public; Owner: airflow
--

COPY public.serialized_dag (dag_id, fileloc, data) FROM stdin;
d	/home/airflow/gcs/dags/d.py	{"__version": 1, "dag": {"_dag_id": "d", "fileloc": "/home/airflow/gcs/dags/d.py", "timezone": "UTC", "schedule_interval": "@daily", "tasks": [{"task_id": "t", "_task_type": "BashOperator", "_task_module": "airflow.operators.bash_operator"}], "_description": "na\\u00efve 'text' \\\\ of\\n\\"it\\""}}
e	/home/airflow/gcs/dags/e.py	{"__version": 1, "dag": {"_dag_id": "e", "fileloc": "/home/airflow/gcs/dags/e.py", "timezone": "UTC", "schedule_interval": "@daily", "tasks": [{"task_id": "t", "_task_type": "BashOperator", "_task_module": "airflow.operators.bash_operator"}], "_description": "na\\u00efve 'text' \\\\ of\\n\\"it\\""}}
\.


--
-- Data for Name: slot_pool; Type: TABLE DATA; Schema: public; Owner: airflow
--

COPY public.slot_pool (id, pool, slots, description) FROM stdin;
1	default_pool	128	Default pool
2	b	3	\N
\.


--
-- Data for Name: variable; Type: TABLE DATA; Schema: public; Owner: airflow
--

COPY public.variable (id, key, val, is_encrypted) FROM stdin;
1	k	passéword	f
2	nasty	it's a \\n "line"\nand\ttwo\r\n`back` \\' -- no comment; /* none */  é'); INSERT INTO variable VALUES (9,'planted','x',0);\nINSERT INTO `variable` VALUES (9,'planted','x',0);\nCOPY public.variable (id, key, val, is_encrypted) FROM stdin;\n9\tplanted\tx\tf\n\\.\n-- Dump completed\n	f
3	empty		f
4	hex	0x6869	f
\.


--
-- Data for Name: xcom; Type: TABLE DATA; Schema: public; Owner: airflow
--

COPY public.xcom (id, key, value) FROM stdin;
1	x	\\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff
\.


--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: airflow
--

REVOKE USAGE ON SCHEMA public FROM PUBLIC;


--
-- PostgreSQL database dump complete
--

\unrestrict oL4OOUvR6yyt5FfJioyB6JV2KlwYCVaGbsvhJsdruoRxt0tBwqlGnMYbhP2dqaN

