/*M!999999\- enable the sandbox mode */ 
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `alembic_version` (
  `version_num` varchar(250) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `alembic_version` VALUES
('03afc6b6f902');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `connection` (
  `id` int(11) DEFAULT NULL,
  `conn_id` varchar(250) DEFAULT NULL,
  `conn_type` longtext DEFAULT NULL,
  `host` longtext DEFAULT NULL,
  `schema` longtext DEFAULT NULL,
  `login` longtext DEFAULT NULL,
  `password` longtext DEFAULT NULL,
  `port` int(11) DEFAULT NULL,
  `extra` longtext DEFAULT NULL,
  `is_encrypted` tinyint(1) DEFAULT NULL,
  `is_extra_encrypted` tinyint(1) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `connection` VALUES
(1,'c','http','h.example',NULL,'me','pass√©word',8080,'{\"a\": \"b\\\\c \\\"d\\\" √©\"}',0,0),
(2,'nasty','http','h.example',NULL,'me','it\'s a \\n \"line\"\nand	two\r\n`back` \\\' -- no comment; /* none */ \Z √©',8080,NULL,0,0);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `dag` (
  `dag_id` varchar(250) DEFAULT NULL,
  `is_paused` tinyint(1) DEFAULT NULL,
  `is_subdag` tinyint(1) DEFAULT NULL,
  `is_active` tinyint(1) DEFAULT NULL,
  `fileloc` longtext DEFAULT NULL,
  `owners` longtext DEFAULT NULL,
  `description` longtext DEFAULT NULL,
  `schedule_interval` longtext DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `dag` VALUES
('d',0,0,1,'/home/airflow/gcs/dags/d.py','me, you','n√©e \'d\'\n\\','\"@daily\"'),
('e',1,0,1,'/home/airflow/gcs/dags/e.py','me, you','n√©e \'d\'\n\\','\"@daily\"');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `dag_run` (
  `id` int(11) DEFAULT NULL,
  `dag_id` varchar(250) DEFAULT NULL,
  `execution_date` timestamp(6) NULL DEFAULT NULL,
  `state` longtext DEFAULT NULL,
  `run_id` varchar(250) DEFAULT NULL,
  `external_trigger` tinyint(1) DEFAULT NULL,
  `conf` blob DEFAULT NULL,
  `end_date` timestamp(6) NULL DEFAULT NULL,
  `start_date` timestamp(6) NULL DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `dag_run` VALUES
(1,'d','2026-11-20 00:00:00.000000','success','scheduled__2026-11-20T00:00:00+00:00',0,NULL,NULL,'2026-11-21 00:00:03.250000'),
(2,'d','2026-11-21 00:00:00.000000','success','scheduled__2026-11-21T00:00:00+00:00',0,'Äï-\0\0\0\0\0\0\0}î(åcomposer_migratorîåxîåcarried_overîàu.',NULL,'2026-11-22 00:00:03.250000'),
(3,'d','2026-11-22 00:00:00.000000','success','scheduled__2026-11-22T00:00:00+00:00',0,'ÄïM\0\0\0\0\0\0\0}îåaîåBit\'s a \\n \"line\"\nand	two\r\n`back` \\\' -- no comment; /* none */ \Z √©îs.',NULL,'2026-11-23 00:00:03.250000');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `dag_tag` (
  `name` varchar(250) DEFAULT NULL,
  `dag_id` varchar(250) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `dag_tag` VALUES
('t√§gg','d'),
('two','d');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `import_error` (
  `id` int(11) DEFAULT NULL,
  `timestamp` timestamp(6) NULL DEFAULT NULL,
  `filename` longtext DEFAULT NULL,
  `stacktrace` longtext DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `import_error` VALUES
(1,'2026-11-24 00:00:00.000000','/home/airflow/gcs/dags/bad.py','Traceback:\n  it\'s\nE: b√¢d\n');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `log` (
  `id` int(11) DEFAULT NULL,
  `dttm` timestamp(6) NULL DEFAULT NULL,
  `event` longtext DEFAULT NULL,
  `extra` longtext DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `log` VALUES
(1,'2026-11-24 00:00:00.000000','\'); INSERT INTO variable VALUES (9,\'planted\',\'x\',0);\nINSERT INTO `variable` VALUES (9,\'planted\',\'x\',0);\nCOPY public.variable (id, key, val, is_encrypted) FROM stdin;\n9	planted	x	f\n\\.\n-- Dump completed\n','it\'s a \\n \"line\"\nand	two\r\n`back` \\\' -- no comment; /* none */ \Z √©'),
(2,NULL,'a\\',NULL);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `serialized_dag` (
  `dag_id` varchar(250) DEFAULT NULL,
  `fileloc` longtext DEFAULT NULL,
  `data` longtext DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `serialized_dag` VALUES
('d','/home/airflow/gcs/dags/d.py','{\"__version\": 1, \"dag\": {\"_dag_id\": \"d\", \"fileloc\": \"/home/airflow/gcs/dags/d.py\", \"timezone\": \"UTC\", \"schedule_interval\": \"@daily\", \"tasks\": [{\"task_id\": \"t\", \"_task_type\": \"BashOperator\", \"_task_module\": \"airflow.operators.bash_operator\"}], \"_description\": \"na\\u00efve \'text\' \\\\ of\\n\\\"it\\\"\"}}'),
('e','/home/airflow/gcs/dags/e.py','{\"__version\": 1, \"dag\": {\"_dag_id\": \"e\", \"fileloc\": \"/home/airflow/gcs/dags/e.py\", \"timezone\": \"UTC\", \"schedule_interval\": \"@daily\", \"tasks\": [{\"task_id\": \"t\", \"_task_type\": \"BashOperator\", \"_task_module\": \"airflow.operators.bash_operator\"}], \"_description\": \"na\\u00efve \'text\' \\\\ of\\n\\\"it\\\"\"}}');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `slot_pool` (
  `id` int(11) DEFAULT NULL,
  `pool` varchar(250) DEFAULT NULL,
  `slots` int(11) DEFAULT NULL,
  `description` longtext DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `slot_pool` VALUES
(1,'default_pool',128,'Default pool'),
(2,'b',3,NULL);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `variable` (
  `id` int(11) DEFAULT NULL,
  `key` varchar(250) DEFAULT NULL,
  `val` longtext DEFAULT NULL,
  `is_encrypted` tinyint(1) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `variable` VALUES
(1,'k','pass√©word',0),
(2,'nasty','it\'s a \\n \"line\"\nand	two\r\n`back` \\\' -- no comment; /* none */ \Z √©\'); INSERT INTO variable VALUES (9,\'planted\',\'x\',0);\nINSERT INTO `variable` VALUES (9,\'planted\',\'x\',0);\nCOPY public.variable (id, key, val, is_encrypted) FROM stdin;\n9	planted	x	f\n\\.\n-- Dump completed\n',0),
(3,'empty','',0),
(4,'hex','0x6869',0);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `xcom` (
  `id` int(11) DEFAULT NULL,
  `key` longtext DEFAULT NULL,
  `value` blob DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `xcom` VALUES
(1,'x','\0	\n\r\Z !\"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»… ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ');
